"""What people do to a case itself: return a step, withdraw one, cancel the case, open it again.

engine.spiff.going_back says what becomes of the tokens, engine.acts what people read of
it beforehand. Here stands who may, who gets a step that is open anew, and what the history says.
"""

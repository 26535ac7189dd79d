"""Suspending a case 挂起: nothing of it moves, runs out or is taken in until it goes on 恢复.

Pausing a clock (engine.clocks) is something else: there only the deadlines stand, and people work.
"""

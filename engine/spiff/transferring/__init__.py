"""Taking the state of a case from one version of its procedure to another."""

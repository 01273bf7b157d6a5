"""Questions of other tools, written as question files of ours."""

"""What a team's namespace admits: each rule once, in CEL for the API server and in Python for whoever asks before it."""

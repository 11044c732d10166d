"""AWS's half of a sandbox: a stack's AWS resources, created with boto3 in moto."""

"""The rules of `review/` as policies of Pulumi's. Needs the extra `policy`."""

"""What goes when a change takes something away, beside the thing itself."""

"""What the readers of agency files share."""

"""Statistics of enrolled records, in the words of ground-motion models."""

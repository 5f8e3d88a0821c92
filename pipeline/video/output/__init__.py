"""What every picture passes last: policy, label, delay."""

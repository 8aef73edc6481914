"""What Forward-Forward is compared with. Only here may a slope cross a layer."""

"""Cases: labelled images as structured inputs, their order, and their negatives."""

"""One function for each thing a person does in Messages, adding the rows it leaves."""

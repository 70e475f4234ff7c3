"""Having a model write one text: prompts, and the text as it comes."""

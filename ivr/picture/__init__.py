"""Pictures of a flow: what is drawn (`sketch`), where it stands (`layers`, `lanes`), and as what it is written."""

"""Family support: how facts, visits, cases, concerns and watches fold, and who may say what."""

"""Who answers whom: agents, skills, waiting callers, offers and the service level."""

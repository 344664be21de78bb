{
    "name": "Helpdesk (stand-in for tests)",
    "summary": "Tickets with the documented fields of Odoo's Helpdesk and nothing else",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Customer Retention contributors",
    "license": "LGPL-3",
    "depends": ["mail", "rating"],
    "data": ["security/ir.model.access.csv", "data.xml"],
}

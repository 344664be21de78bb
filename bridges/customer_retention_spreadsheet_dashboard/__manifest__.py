{
    "name": "Customer Retention: Spreadsheet Dashboard",
    "summary": "Key figures of retention as a spreadsheet dashboard",
    "version": "19.0.1.0.0",
    "category": "Productivity/Dashboard",
    "author": "Customer Retention contributors",
    "license": "LGPL-3",
    "depends": ["customer_retention", "spreadsheet_dashboard"],
    "data": ["data/dashboards.xml"],
    "auto_install": True,
}

{
    "name": "Customer Retention: Surveys",
    "summary": "Ask customers whether they recommend you, and hear the answer",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "Customer Retention contributors",
    "license": "LGPL-3",
    "depends": ["customer_retention", "survey"],
    "data": [
        "security/ir.model.access.csv",
        "data/survey_data.xml",
        "data/sop_library_data.xml",
        "views/survey_survey_views.xml",
        "views/retention_sop_views.xml",
    ],
    "auto_install": True,
}

from django.urls import path

from documents import file_views, register_views, step_views, template_views, views

urlpatterns = [
    path("", views.documents, name="documents"),
    path("new/", views.document_new, name="document_new"),
    path("register/", register_views.document_register, name="document_register"),
    path("words/", register_views.document_words, name="document_words"),
    path("templates/", template_views.document_templates, name="document_templates"),
    path("templates/<key:pk>/trial/", template_views.document_template_trial, name="document_template_trial"),
    path("templates/<key:pk>/file/", template_views.document_template_file, name="document_template_file"),
    path("templates/<key:pk>/remove/", template_views.document_template_remove, name="document_template_remove"),
    path("<key:pk>/", views.document, name="document"),
    path("<key:pk>/edit/", views.document_edit, name="document_edit"),
    path("<key:pk>/reply/", views.document_reply, name="document_reply"),
    path("<key:pk>/slip/", views.document_slip, name="document_slip"),
    path("<key:pk>/send/", step_views.document_send, name="document_send"),
    path("<key:pk>/take-over/", step_views.document_take_over, name="document_take_over"),
    path("<key:pk>/withdraw/", step_views.document_withdraw, name="document_withdraw"),
    path("<key:pk>/approve/", step_views.document_approve, name="document_approve"),
    path("<key:pk>/return/", step_views.document_return, name="document_return"),
    path("<key:pk>/sign/", step_views.document_sign, name="document_sign"),
    path("<key:pk>/void/", step_views.document_void, name="document_void"),
    path("<key:pk>/pdf/", file_views.document_pdf, name="document_pdf"),
    path("<key:pk>/word/", file_views.document_word, name="document_word"),
]

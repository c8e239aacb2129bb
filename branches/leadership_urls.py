from django.urls import path

from branches import group_views, leadership_views, pool_views, term_views

urlpatterns = [
    path("leadership/", leadership_views.leadership, name="leadership"),
    path("leadership/export/", leadership_views.leadership_export, name="leadership_export"),
    path("posts/<key:pk>/end/", leadership_views.post_end, name="post_end"),
    path("branches/<key:pk>/posts/", leadership_views.branch_posts, name="branch_posts"),
    path("branches/<key:pk>/posts/new/", leadership_views.post_new, name="post_new"),
    path("bodies/<key:pk>/posts/new/", leadership_views.body_post_new, name="body_post_new"),
    path("branches/<key:pk>/term/", term_views.branch_term, name="branch_term"),
    path("branches/<key:pk>/term/letter/", term_views.branch_term_letter, name="branch_term_letter"),
    path("branches/<key:pk>/groups/", group_views.branch_groups, name="branch_groups"),
    path("branches/<key:pk>/groups/new/", group_views.group_new, name="group_new"),
    path("groups/<key:pk>/", group_views.group_edit, name="group_edit"),
    path("pool/", pool_views.pool_list, name="pool"),
    path("people/<key:pk>/pool/", pool_views.pool_add, name="pool_add"),
    path("pool/<key:pk>/leave/", pool_views.pool_leave, name="pool_leave"),
    path("branches/<key:pk>/candidates/new/", pool_views.candidate_new, name="candidate_new"),
    path("candidates/<key:pk>/", pool_views.candidate, name="candidate"),
    path("candidates/<key:pk>/edit/", pool_views.candidate_edit, name="candidate_edit"),
    path("candidates/<key:pk>/paper/", pool_views.candidate_paper, name="candidate_paper"),
]

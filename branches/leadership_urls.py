from django.urls import path

from branches import leadership_views

urlpatterns = [
    path("leadership/", leadership_views.leadership, name="leadership"),
    path("branches/<key:pk>/posts/", leadership_views.branch_posts, name="branch_posts"),
    path("branches/<key:pk>/posts/new/", leadership_views.post_new, name="post_new"),
    path("bodies/<key:pk>/posts/new/", leadership_views.body_post_new, name="body_post_new"),
    path("branches/<key:pk>/term/", leadership_views.branch_term, name="branch_term"),
    path("branches/<key:pk>/groups/", leadership_views.branch_groups, name="branch_groups"),
]

"""The whole permission system on one screen: every address × method × reader, on objects of 北社区／湖畔.

2 opens (200) · 3 done, goes on (302) · F seen but not theirs (403) · 4 not visible (404) · L to the sign-in page ·
H the machine's health, the same for everybody (200 or 503).
A neighbour's column is the sibling's or foreign object: 公园 is the sibling compound, 南社区 the sibling community,
东港镇 the other town. An address without a row fails.
"""

import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.models import Feedback, LoginSlip
from assessments import annual
from assessments.models import NumberDispute
from branches import photos
from branches.models import CandidateSheet, PartyGroup, PoolEntry, Room, VenueDetail
from meetings import summary
from meetings.models import MeetingVersion
from members import census
from members.models import CensusReturn, Correction, MergeRecord, NotSame, Post, Transfer
from office.areas.models import Compound
from office.imports import files
from office.imports.models import ImportBatch
from office.papers.builds import path_of
from office.papers.models import Build
from tests.branches import case_cast, election_cast, territory_cast
from tests.conftest import Critic
from tests.documents import cast as documents_cast
from tests.test_house import all_views

READERS = [
    "镇党建办",
    "镇领导",
    "指导组",
    "社区书记",
    "社区工作者",
    "联系干部",
    "支部书记",
    "小区工作人员",
    # 邻居：同一社区的公园、同一镇的南社区、另一个镇
    "邻支部联系干部",
    "邻支部书记",
    "邻小区工作人员",
    "邻社区书记",
    "邻社区指导组",
    "邻镇党建办",
    # 三员
    "系统管理员",
    "安全管理员",
    "审计管理员",
    "没有登录",
]
# 网址名、方法、对象         镇镇指社社联支小 邻邻邻邻邻邻 系安审 没
#                            办领导书工系书工 联书小社导镇 统全计 登
TABLE = """
home              GET  -     22222222 222222 222 L
help              GET  -     22222222 222222 222 L
find              GET  -     22222222 222222 FFF L
ledgers           GET  -     222222FF 2FF222 FFF L
rules             GET  -     222222FF 2FF222 222 L
rule              GET  标准  222222FF 2FF222 222 L
rule              POST 标准  2FFFFFFF FFFFF2 FFF L
my_branch         GET  -     FFFFFF3F F3FFFF FFF L
my_compound       GET  -     FFFFFFF3 FF3FFF FFF L
demo_switch       POST -     FFFFFFFF FFFFFF FFF L
demo_reset        POST -     FFFFFFFF FFFFFF FFF L
compounds         GET  -     222222FF 2FF222 FFF L
compounds_export  GET  -     22F222FF 2FF2F2 FFF L
compounds_export  POST -     22F222FF 2FF2F2 FFF L
compound_new      GET  -     2FF22FFF FFF2F2 FFF L
compound_new      POST -     2FF22FFF FFF2F2 FFF L
compound_edit     GET  湖畔  2FF22FFF FFF4F4 FFF L
compound_edit     POST 湖畔  2FF22FFF FFF4F4 FFF L
compound          GET  湖畔  22222222 444444 FFF L
branches          GET  -     222222FF 2FF222 FFF L
branches_export   GET  -     22F222FF 2FF2F2 FFF L
branches_export   POST -     22F222FF 2FF2F2 FFF L
branch_new        GET  -     2FF22FFF FFF2F2 FFF L
branch_new        POST -     2FF22FFF FFF2F2 FFF L
branch            GET  湖畔  2222222F 44F444 FFF L
coverage          GET  -     222222FF 2FF222 FFF L
coverage_export   GET  -     22F222FF 2FF2F2 FFF L
coverage_export   POST -     22F222FF 2FF2F2 FFF L
coverage_targets  GET  -     2FFFFFFF FFFFF2 FFF L
coverage_targets  POST -     2FFFFFFF FFFFF2 FFF L
coverage_sheet    GET  -     2222FFFF FFF222 FFF L
coverage_note     GET  空地  2FF22FFF FFF4F4 FFF L
coverage_note     POST 空地  2FF22FFF FFF4F4 FFF L
compound_formation GET 湖畔  222222FF 4FF444 FFF L
compound_neighbours GET 湖畔 2FF22FFF FFF4F4 FFF L
compound_neighbours POST 湖畔 2FF22FFF FFF4F4 FFF L
cases             GET  -     222222FF 2FF222 FFF L
cases_export      GET  -     22F222FF 2FF2F2 FFF L
cases_export      POST -     22F222FF 2FF2F2 FFF L
case_new          GET  -     2FF22FFF FFF2F2 FFF L
case_new          POST -     2FF22FFF FFF2F2 FFF L
case              GET  起草  222222FF 4FF444 FFF L
case_edit         GET  起草  2FF22FFF FFF4F4 FFF L
case_edit         POST 起草  2FF22FFF FFF4F4 FFF L
case_members      GET  起草  2FF22FFF FFF4F4 FFF L
case_members      POST 起草  3FF33FFF FFF4F4 FFF L
case_hand_in      GET  起草  FFF2FFFF FFF4FF FFF L
case_hand_in      POST 起草  FFF2FFFF FFF4FF FFF L
case_withdraw     POST 起草  FFF3FFFF FFF4F4 FFF L
case_town         GET  已请示 2FFFFFFF FFFFF4 FFF L
case_town         POST 已请示 2FFFFFFF FFFFF4 FFF L
case_reply        GET  同意  F2FFFFFF FFFFFF FFF L
case_reply        POST 同意  F3FFFFFF FFFFFF FFF L
case_filed        GET  生效  2FFFFFFF FFFFF4 FFF L
case_filed        POST 生效  2FFFFFFF FFFFF4 FFF L
leadership        GET  -    222222FF 2FF222 FFF L
leadership_export GET  -    22F222FF 2FF2F2 FFF L
leadership_export POST -    22F222FF 2FF2F2 FFF L
branch_posts      GET  湖畔 2222222F 44F444 FFF L
post_new          GET  湖畔 2FF22FFF FFF4F4 FFF L
post_new          POST 湖畔 2FF22FFF FFF4F4 FFF L
body_post_new     GET  湖畔 2FF22FFF FFF4F4 FFF L
body_post_new     POST 湖畔 2FF22FFF FFF4F4 FFF L
post_end          GET  湖畔 2FF22FFF FFF4F4 FFF L
post_end          POST 湖畔 2FF22FFF FFF4F4 FFF L
branch_term       GET  湖畔 2FF2FFFF FFF4F4 FFF L
branch_term       POST 湖畔 2FF2FFFF FFF4F4 FFF L
branch_term_letter POST 湖畔 3FFFFFFF FFFFF4 FFF L
branch_groups     GET  湖畔 2222222F 44F444 FFF L
group_new         GET  湖畔 2FF2222F 44F4F4 FFF L
group_new         POST 湖畔 2FF2222F 44F4F4 FFF L
group_edit        GET  湖畔 2FF2222F 44F4F4 FFF L
group_edit        POST 湖畔 2FF2222F 44F4F4 FFF L
pool              GET  -    2FF22FFF FFF2F2 FFF L
pool_add          GET  湖畔 2FF22FFF FFF4F4 FFF L
pool_add          POST 湖畔 2FF22FFF FFF4F4 FFF L
pool_leave        GET  湖畔 2FF22FFF FFF4F4 FFF L
pool_leave        POST 湖畔 2FF22FFF FFF4F4 FFF L
candidate_new     GET  湖畔 2FF2FFFF FFF4F4 FFF L
candidate_new     POST 湖畔 2FF2FFFF FFF4F4 FFF L
candidate         GET  湖畔 2FF2FFFF FFF4F4 FFF L
candidate         POST 湖畔 2FF2FFFF FFF4F4 FFF L
candidate_edit    POST 湖畔 2FF2FFFF FFF4F4 FFF L
candidate_paper   POST 湖畔 2FF2FFFF FFF4F4 FFF L
branch_elections  GET  湖畔 2222222F 44F444 FFF L
election_new      GET  湖畔 2FF22FFF FFF4F4 FFF L
election_new      POST 湖畔 2FF22FFF FFF4F4 FFF L
election          GET  湖畔 2222222F 44F444 FFF L
election          GET  有结果 2222222F 44F444 FFF L
election_voters   GET  湖畔 2FF22FFF FFF4F4 FFF L
election_voters   POST 湖畔 2FF22FFF FFF4F4 FFF L
election_candidates GET 湖畔 2FF22FFF FFF4F4 FFF L
election_candidates POST 湖畔 2FF22FFF FFF4F4 FFF L
election_ballots_pdf GET 有结果 3FF33FFF FFF4F4 FFF L
election_held     GET  湖畔 2FF22FFF FFF4F4 FFF L
election_held     POST 湖畔 2FF22FFF FFF4F4 FFF L
election_again    GET  再投 2FF22FFF FFF4F4 FFF L
election_again    POST 再投 2FF22FFF FFF4F4 FFF L
election_fewer    POST 再投 3FF33FFF FFF4F4 FFF L
election_conclude GET  已投票 2FF2FFFF FFF4F4 FFF L
election_conclude POST 已投票 2FF2FFFF FFF4F4 FFF L
election_report_pdf GET 湖畔 3FF33F3F F4F4F4 FFF L
election_request  POST 湖畔 FFF33FFF FFF4FF FFF L
election_approved GET  有结果 2FFFFFFF FFFFF4 FFF L
election_approved POST 有结果 2FFFFFFF FFFFF4 FFF L
election_stop     GET  湖畔 2FF22FFF FFF4F4 FFF L
election_stop     POST 湖畔 2FF22FFF FFF4F4 FFF L
patches           GET  -    222222FF 2FF222 FFF L
patches_export    GET  -    22F222FF 2FF2F2 FFF L
patches_export    POST -    22F222FF 2FF2F2 FFF L
patch_new         GET  -    2FFFFFFF FFFFF2 FFF L
patch_new         POST -    2FFFFFFF FFFFF2 FFF L
patch_edit        GET  片区 2FFFFFFF FFFFF4 FFF L
patch_edit        POST 片区 2FFFFFFF FFFFF4 FFF L
cells             GET  -    222222FF 2FF222 FFF L
cells_export      GET  -    22F222FF 2FF2F2 FFF L
cells_export      POST -    22F222FF 2FF2F2 FFF L
cell_new          GET  -    2FF22FFF FFF2F2 FFF L
cell_new          POST -    2FF22FFF FFF2F2 FFF L
cell              GET  湖畔 222222F2 4F4444 FFF L
cell_edit         GET  湖畔 2FF22FFF FFF4F4 FFF L
cell_edit         POST 湖畔 2FF22FFF FFF4F4 FFF L
guidance          GET  -    222222FF 2FF222 FFF L
guidance_export   GET  -    22F222FF 2FF2F2 FFF L
guidance_export   POST -    22F222FF 2FF2F2 FFF L
guidance_new      GET  -    2F2FFFFF FFFF22 FFF L
guidance_new      POST -    2F2FFFFF FFFF22 FFF L
guidance_send     GET  北社区 2FFFFFFF FFFFF4 FFF L
guidance_send     POST 北社区 2FFFFFFF FFFFF4 FFF L
guidance_visit    GET  走访 222224FF 4FF444 FFF L
guidance_visit    POST 走访 FFF2F4FF 4FF444 FFF L
funding           GET  -    222222FF 2FF222 FFF L
funding_export    GET  -    22F222FF 2FF2F2 FFF L
funding_export    POST -    22F222FF 2FF2F2 FFF L
funding_new       GET  -    2FF22FFF FFF2F2 FFF L
funding_new       POST -    2FF22FFF FFF2F2 FFF L
funding_void      GET  经费 2FF22FFF FFF4F4 FFF L
funding_void      POST 经费 2FF22FFF FFF4F4 FFF L
venue             GET  湖畔 22222222 444444 FFF L
venue             POST 湖畔 2FF22222 444444 FFF L
venue_photos      GET  湖畔 2FF22222 4444F4 FFF L
venue_photos      POST 湖畔 2FF22222 4444F4 FFF L
venue_photo_file  GET  照片 22222222 444444 FFF L
wall_sheet        GET  湖畔 2222222F 44F444 FFF L
wall_texts        GET  -    2FFFFFFF FFFFF2 FFF L
wall_texts        POST -    3FFFFFFF FFFFF3 FFF L
venues            GET  -    222222FF 2FF222 FFF L
venues_export     GET  -    22F222FF 2FF2F2 FFF L
venues_export     POST -    22F222FF 2FF2F2 FFF L
branch_file       GET  湖畔 2222222F 44F444 FFF L
rooms             GET  -    222222FF 2FF222 FFF L
rooms_export      GET  -    22F222FF 2FF2F2 FFF L
rooms_export      POST -    22F222FF 2FF2F2 FFF L
room_new          GET  -    2FF22FFF FFF2F2 FFF L
room_new          POST -    2FF22FFF FFF2F2 FFF L
room_edit         GET  湖畔 2FF22FFF FFF4F4 FFF L
room_edit         POST 湖畔 2FF22FFF FFF4F4 FFF L
members           GET  -     2222222F 22F222 FFF L
members_export    GET  -     22F2222F 22F2F2 FFF L
members_export    POST -     22F2222F 22F2F2 FFF L
person            GET  湖畔  2222222F 44F444 FFF L
person_reveal     GET  号码  2FF222FF 44F444 FFF L
person_reveal     POST 号码  2FF222FF 44F444 FFF L
person_reveal     GET  电话  2222222F 44F444 FFF L
person_pairs      GET  -     2FF22FFF FFF2F2 FFF L
person_pairs_settled GET -   2FF22FFF FFF2F2 FFF L
person_pair       GET  湖畔  2FF22FFF FFF4F4 FFF L
person_pair       POST 湖畔  2FF22FFF FFF4F4 FFF L
person_pair_merge POST 湖畔  2FF22FFF FFF4F4 FFF L
person_pair_apart POST 湖畔  3FF33FFF FFF4F4 FFF L
person_pair_forget POST 湖畔 3FF33FFF FFF4F4 FFF L
person_merge_undo GET  湖畔  2FF22FFF FFF4F4 FFF L
person_merge_undo POST 湖畔  2FF22FFF FFF4F4 FFF L
member_new        GET  -     2FF22FFF FFF2F2 FFF L
member_new        POST -     2FF22FFF FFF2F2 FFF L
member_edit       GET  湖畔  2FF22FFF FFF4F4 FFF L
member_edit       POST 湖畔  2FF22FFF FFF4F4 FFF L
member_steps      GET  湖畔  2FF22FFF FFF4F4 FFF L
member_step       GET  湖畔  2FF22FFF FFF4F4 FFF L
member_step       POST 湖畔  2FF22FFF FFF4F4 FFF L
member_correction GET  湖畔  2222222F 44F444 FFF L
member_correction POST 湖畔  2222222F 44F444 FFF L
member_correction_settle GET 湖畔 2FF222FF 4FF4F4 FFF L
member_correction_settle POST 湖畔 2FF222FF 4FF4F4 FFF L
member_transfers  GET  -     2FF22FFF FFF2F2 FFF L
member_transfer   GET  湖畔  2FF22FFF FFF2F4 FFF L
member_transfer   POST 湖畔  2FF22FFF FFF2F4 FFF L
census_rounds     GET  -     22222FFF FFF222 FFF L
census_new        GET  -     2FFFFFFF FFFFF2 FFF L
census_new        POST -     2FFFFFFF FFFFF2 FFF L
census_round      GET  湖畔  22FFFFFF FFFFF4 FFF L
census_close      GET  湖畔  2FFFFFFF FFFFF4 FFF L
census_close      POST 湖畔  3FFFFFFF FFFFF4 FFF L
census_export     GET  湖畔  2FFFFFFF FFFFF4 FFF L
census_export     POST 湖畔  2FFFFFFF FFFFF4 FFF L
census_part       GET  湖畔  22222FFF FFF444 FFF L
census_rows       GET  湖畔  22222FFF FFF444 FFF L
census_confirm    GET  湖畔  FFF2FFFF FFF4F4 FFF L
census_confirm    POST 湖畔  FFF3FFFF FFF4F4 FFF L
census_withdraw   POST 湖畔  FFF3FFFF FFF4F4 FFF L
census_remind     POST 湖畔  3FFFFFFF FFFFF4 FFF L
roster_import     GET  -     2FF22FFF FFF2F2 FFF L
roster_import     POST -     2FF22FFF FFF2F2 FFF L
roster_template   GET  北社区 2FF22FFF FFF4F4 FFF L
compounds_import  GET  -     2FF22FFF FFF2F2 FFF L
compounds_import  POST -     2FF22FFF FFF2F2 FFF L
compounds_template GET 北社区 2FF22FFF FFF4F4 FFF L
branches_import   GET  -     2FF22FFF FFF2F2 FFF L
branches_import   POST -     2FF22FFF FFF2F2 FFF L
branches_template GET 北社区 2FF22FFF FFF4F4 FFF L
imports           GET  -     2FF22FFF FFF2F2 FFF L
import_batch      GET  湖畔  2FF22FFF FFF4F4 FFF L
import_answer     POST 湖畔  3FF33FFF FFF4F4 FFF L
import_apply      POST 湖畔  3FF33FFF FFF4F4 FFF L
import_again      POST 湖畔  3FF33FFF FFF4F4 FFF L
import_discard    POST 湖畔  3FF33FFF FFF4F4 FFF L
import_errors     GET  湖畔  2FF22FFF FFF4F4 FFF L
import_errors     POST 湖畔  3FF33FFF FFF4F4 FFF L
import_undo       GET  已导入 2FF22FFF FFF4F4 FFF L
import_undo       POST 已导入 3FF33FFF FFF4F4 FFF L
committees        GET  -     222222FF 2FF222 FFF L
committees_export GET  -     22F222FF 2FF2F2 FFF L
committees_export POST -     22F222FF 2FF2F2 FFF L
committee         GET  湖畔  2222222F 44F444 FFF L
meetings          GET  -     22222222 222222 FFF L
meetings_export   GET  -     22F2222F 22F2F2 FFF L
meetings_export   POST -     22F2222F 22F2F2 FFF L
meeting           GET  湖畔  22222222 444444 FFF L
meeting_decisions GET  -     22222222 222222 FFF L
meeting_decision  GET  湖畔  22222222 444444 FFF L
meeting_decision  POST 湖畔  FFF2222F 444444 FFF L
meeting_slip      GET  湖畔  22222222 444444 FFF L
meeting_decision_calendar GET 湖畔 22222222 444444 FFF L
meeting_new       GET  -     FFF22222 2222FF FFF L
meeting_file      GET  联席会 FFF22222 4444FF FFF L
meeting_file      POST 联席会 FFF22222 4444FF FFF L
meeting_change    GET  湖畔  FFF222FF 4444FF FFF L
meeting_change    POST 湖畔  FFF222FF 4444FF FFF L
meeting_confirm   POST 湖畔  FFFFFF3F F4FFFF FFF L
meeting_object    GET  湖畔  FFFFFF2F F4FFFF FFF L
meeting_object    POST 湖畔  FFFFFF2F F4FFFF FFF L
meeting_version   GET  旧版  22222222 444444 FFF L
meeting_record    GET  湖畔  22222222 444444 FFF L
meeting_calendar  GET  湖畔  22222222 444444 FFF L
document_draft_from_meeting POST 湖畔 FFF333FF 4FF4FF FFF L
materials         GET  -     2222222F 22F222 FFF L
material_request  POST -     3FFFFFFF FFFFF3 FFF L
material_batch    GET  湖畔  2222222F 44F444 FFF L
material_file     GET  湖畔  2222222F 44F444 FFF L
material_read     GET  湖畔  2222222F 44F444 FFF L
material_download POST 湖畔  2222222F 44F444 FFF L
material_zip      POST 湖畔  22F222FF 4FF4F4 FFF L
material_retry    POST 湖畔  3FFFFFFF 44F444 FFF L
material_cancel   POST 湖畔  3FFFFFFF 44F444 FFF L
reports           GET  今年  222222FF 2FF222 FFF L
report_remind     POST 今年  FFF333FF 3FF3FF FFF L
reports_export    GET  今年  22F222FF 2FF2F2 FFF L
reports_export    POST 今年  22F222FF 2FF2F2 FFF L
report_correction GET  湖畔  FFF222FF 4FF4FF FFF L
report_correction POST 湖畔  FFF222FF 4FF4FF FFF L
report            GET  湖畔  2222222F 44F444 FFF L
report_numbers    GET  湖畔  FFFFF22F 44F444 FFF L
report_numbers    POST 湖畔  FFFFF33F 44F444 FFF L
report_dispute    GET  湖畔  FFFFF22F 44F444 FFF L
report_dispute    POST 湖畔  FFFFF22F 44F444 FFF L
report_things     GET  湖畔  FFFFF22F 44F444 FFF L
report_things     POST 湖畔  FFFFF22F 44F444 FFF L
report_words      GET  湖畔  FFFFF22F 44F444 FFF L
report_words      POST 湖畔  FFFFF22F 44F444 FFF L
report_check      GET  湖畔  FFFFF22F 44F444 FFF L
report_submit     POST 湖畔  FFFFFF3F 44F444 FFF L
report_offer      POST 湖畔  FFFFF33F 44F444 FFF L
report_signed     GET  公园  FFF2F4FF 3FF4FF FFF L
report_signed     POST 公园  FFF2F4FF 3FF4FF FFF L
report_word       POST 湖畔  FFFFF22F 44F444 FFF L
report_receive    POST 湖畔  FFF3FFFF 4FF444 FFF L
report_return     POST 湖畔  FFF2FFFF 4FF444 FFF L
me                GET  -     22222222 222222 222 L
me                POST -     33333333 333333 333 L
password_change   GET  -     22222222 222222 222 L
password_change   POST -     22222222 222222 222 L
slip              GET  湖畔  22222222 222222 222 2
slip              POST 湖畔  33333333 333333 333 3
slips             GET  -     FFFFF2FF 2FFFFF FFF L
slip_make         POST 湖畔  FFFFF2FF 4FFFFF FFF L
slip_revoke       POST 湖畔  FFFFF3FF 4FFFFF FFF L
slip_device_revoke POST 湖畔 44444434 444444 444 L
slip_unlock       GET  -     33333333 333333 333 L
slip_unlock       POST -     33333333 333333 333 L
slip_switch       GET  -     2FFFFFFF FFFFF2 2FF L
slip_switch       POST -     3FFFFFFF FFFFF3 3FF L
draft_keep        POST -     44444444 444444 444 L
draft_token       GET  -     22222222 222222 222 L
text_size         GET  大    33333333 333333 333 3
login             GET  -     33333333 333333 333 2
login             POST -     22222222 222222 222 2
logout            POST -     LLLLLLLL LLLLLL LLL L
feedback          GET  -     22222222 222222 222 L
feedback          POST -     22222222 222222 222 L
feedback_answer   GET  湖畔  244444F4 444444 444 L
feedback_answer   POST 湖畔  244444F4 444444 444 L
accounts          GET  -     FFFFFFFF FFFFFF 22F L
account_new       GET  -     FFFFFFFF FFFFFF 2FF L
account_new       POST -     FFFFFFFF FFFFFF 2FF L
account           GET  湖畔  FFFFFFFF FFFFFF 22F L
account_password  GET  湖畔  FFFFFFFF FFFFFF 2FF L
account_password  POST 湖畔  FFFFFFFF FFFFFF 2FF L
account_state     GET  湖畔  FFFFFFFF FFFFFF 2FF L
account_state     POST 湖畔  FFFFFFFF FFFFFF 2FF L
assignment_new    GET  湖畔  FFFFFFFF FFFFFF F2F L
assignment_new    POST 湖畔  FFFFFFFF FFFFFF F2F L
assignment_end    GET  湖畔  FFFFFFFF FFFFFF F2F L
assignment_end    POST 湖畔  FFFFFFFF FFFFFF F2F L
trail             GET  -     FFFFFFFF FFFFFF FF2 L
trail_verify      POST -     FFFFFFFF FFFFFF FF2 L
trail_export      GET  -     FFFFFFFF FFFFFF FF2 L
trail_export      POST -     FFFFFFFF FFFFFF FF2 L
documents         GET  -     222222FF 2FF222 FFF L
document_new      GET  -     2FF22FFF FFF2F2 FFF L
document_new      POST -     3FF33FFF FFF3F3 FFF L
document_register GET  -     222222FF 2FF222 FFF L
document_words    GET  -     2FF2FFFF FFF2F2 FFF L
document_words    POST -     2FF2FFFF FFF2F2 FFF L
document_templates GET -     2FFFFFFF FFFFF2 FFF L
document_templates POST -    2FFFFFFF FFFFF2 FFF L
document_template_trial GET 通知 3FFFFFFF FFFFF4 FFF L
document_template_file GET 通知 3FFFFFFF FFFFF4 FFF L
document_template_remove POST 通知 3FFFFFFF FFFFF4 FFF L
document          GET  拟稿  222224FF 4FF444 FFF L
document          GET  镇    224444FF 4FF444 FFF L
document          GET  发来  222224FF 4FF444 FFF L
document_edit     GET  拟稿  FFFF24FF 4FF4F4 FFF L
document_edit     POST 拟稿  FFFF24FF 4FF4F4 FFF L
document_send     POST 拟稿  FFFF34FF 4FF4F4 FFF L
document_take_over POST 拟稿 FFF3FFFF FFF4F4 FFF L
document_withdraw POST 送审  FFFF34FF 4FF4F4 FFF L
document_approve  POST 送审  FFF3FFFF FFF4F4 FFF L
document_return   POST 送审  FFF2FFFF FFF4F4 FFF L
document_approve  POST 请示  3FFFFFFF FFF4F4 FFF L
document_sign     GET  待签  FFF2FFFF FFF4FF FFF L
document_sign     POST 待签  FFF3FFFF FFF4FF FFF L
document_void     GET  签发  FFF2FFFF FFF4FF FFF L
document_void     POST 签发  FFF2FFFF FFF4FF FFF L
document_reply    POST 已请示 3FFFFFFF FFF4F4 FFF L
document_slip     GET  签发  222224FF 4FF444 FFF L
document_pdf      GET  归档  222224FF 4FF444 FFF L
document_word     GET  归档  222224FF 4FF444 FFF L
healthz           GET  -     HHHHHHHH HHHHHH HHH H
"""
REPORTS = ["report", "report_numbers", "report_things", "report_words", "report_check", "report_submit"]
MEETINGS = ["meeting", "meeting_change", "meeting_confirm", "meeting_object", "meeting_record", "meeting_calendar"]
MEETINGS += ["document_draft_from_meeting"]
DECISIONS = ["meeting_decision", "meeting_slip", "meeting_decision_calendar"]
REPORTS += ["report_offer", "report_receive", "report_return", "report_word"]
ELECTIONS = ["election", "election_voters", "election_candidates", "election_ballots_pdf", "election_held"]
ELECTIONS += ["election_again", "election_fewer", "election_conclude", "election_report_pdf", "election_request"]
ELECTIONS += ["election_approved", "election_stop"]
SLIP = "湖畔的登录条".encode().hex()  # 条上写的，库里只有它的散列
SYMBOLS = {"2": 200, "3": 302, "F": 403, "4": 404, "H": 503}


CASES = ["case", "case_edit", "case_members", "case_hand_in", "case_withdraw", "case_town", "case_reply", "case_filed"]
BRANCH_PAGES = (
    "branch_posts",
    "post_new",
    "branch_term",
    "branch_term_letter",
    "branch_groups",
    "group_new",
    "candidate_new",
    "branch_elections",
    "election_new",
    "venue",
    "venue_photos",
    "branch_file",
)


def rows():
    for line in TABLE.strip().splitlines():
        name, method, target, *marks = line.split()
        yield name, method, target, "".join(marks)


def query(place, target):
    """What is asked for, where the address alone does not say it."""
    at = f"b{place.body['湖畔党支部'].pk}c{place.compound['湖畔'].pk}"
    asked = {
        "联席会": f"?kind=joint_meeting&at={at}",
        "号码": "?what=id",
        "电话": "?what=phone",
        "北社区": f"?community={place.community['北社区'].pk}",
    }
    return asked.get(target, "")


def arguments(place, name, target):
    """The address's arguments for the object of 湖畔 the row speaks of."""
    if target == "-":
        return []
    if name.startswith(("census_", "member_")) and name != "members_export":
        return _kept_by_hand(place, name)
    accounts = ("account", "account_password", "account_state", "assignment_new")
    key = "account" if name in accounts else "duty" if name == "assignment_end" else name
    if name.startswith("document_template"):
        return [documents_cast.template(place).pk]
    if name.startswith("document") and name not in MEETINGS:
        return [documents_cast.document(place, target).pk]
    objects = {
        "account": lambda: [place.user["支部书记"].pk],
        "duty": lambda: [place.user["支部书记"].assignments.get().pk],
        "feedback_answer": lambda: [_feedback(place).pk],
        "text_size": lambda: ["l"],
        **dict.fromkeys(("roster_template", "compounds_template", "branches_template"), list),
        **dict.fromkeys(
            ("import_batch", "import_answer", "import_apply", "import_again", "import_discard", "import_errors"),
            lambda: [_import(place).pk],
        ),
        "import_undo": lambda: [_import(place, "applied").pk],
        **dict.fromkeys(("material_file", "material_read", "material_download"), lambda: [_build(place).pk]),
        "material_batch": lambda: [_build(place).batch_id],
        "material_zip": lambda: [_build(place).batch_id],
        "material_retry": lambda: [_build(place).batch_id],
        "material_cancel": lambda: [_build(place).batch_id],
        **dict.fromkeys(
            ("person_pair", "person_pair_merge", "person_pair_apart"),
            lambda: [place.member["田大利"].person_id, place.member["王伟"].person_id],
        ),
        "person_pair_forget": lambda: [_told_apart(place).pk],
        "person_merge_undo": lambda: [_merge_record(place).pk],
        **dict.fromkeys(REPORTS, lambda: [place.body["湖畔党支部"].pk, place.today.year]),
        "report_dispute": lambda: [place.body["湖畔党支部"].pk, place.today.year, "direct"],
        "report_signed": lambda: [_filled_in(place).branch_id, place.today.year],
        **dict.fromkeys(("reports", "report_remind", "reports_export"), lambda: [place.today.year]),
        "report_correction": lambda: [_dispute(place).pk],
        "slip": lambda: [_slip(place) and SLIP],
        "slip_make": lambda: [place.user["支部书记"].assignments.get().pk],
        **dict.fromkeys(("slip_revoke", "slip_device_revoke"), lambda: [_slip(place).pk]),
        "person": lambda: [place.member["田大利"].person_id],
        "person_reveal": lambda: [place.member["田大利"].person_id],
        "compound_edit": lambda: [place.compound["湖畔"].pk],
        "compound": lambda: [place.compound["湖畔"].pk],
        "coverage_note": lambda: [_bare_compound(place).pk],
        "rule": lambda: ["neighbour_distance"],
        "branch": lambda: [place.body["湖畔党支部"].pk],
        **dict.fromkeys(("compound_formation", "compound_neighbours"), lambda: [place.compound["湖畔"].pk]),
        **dict.fromkeys(CASES, lambda: [case_cast.case(place, target).pk]),
        **dict.fromkeys(BRANCH_PAGES, lambda: [place.body["湖畔党支部"].pk]),
        **dict.fromkeys(ELECTIONS, lambda: [election_cast.election(place, target).pk]),
        "group_edit": lambda: [_group(place).pk],
        "pool_add": lambda: [place.member["田大利"].pk],
        "pool_leave": lambda: [_pool_entry(place).pk],
        **dict.fromkeys(("candidate", "candidate_edit", "candidate_paper"), lambda: [_candidate(place).pk]),
        "wall_sheet": lambda: [place.body["湖畔党支部"].pk, "duties"],
        "room_edit": lambda: [_room(place).pk],
        "venue_photo_file": lambda: [_photo(place).venue.branch_id, place.today.year, "flag"],
        **dict.fromkeys(("body_post_new", "cell", "cell_edit"), lambda: [territory_cast.cell(place).pk]),
        "patch_edit": lambda: [territory_cast.patch(place).pk],
        "guidance_send": lambda: [place.community["北社区"].pk],
        "guidance_visit": lambda: [territory_cast.visit(place).pk],
        "funding_void": lambda: [territory_cast.fund(place).pk],
        "post_end": lambda: [Post.objects.get(body=place.body["湖畔党支部"], title="secretary").pk],
        "committee": lambda: [place.body["湖畔业委会"].pk],
        **dict.fromkeys(MEETINGS, lambda: [place.meeting["电梯协商"].pk]),
        **dict.fromkeys(DECISIONS, lambda: [place.decision["电梯协商"].pk]),
        "meeting_file": list,
        "meeting_version": lambda: [place.meeting["电梯协商"].pk, _old_version(place).number],
    }
    return objects[key]()


def _bare_compound(place):
    """A compound of 北社区 that no branch covers."""
    return Compound.objects.get_or_create(community=place.community["北社区"], name="空地")[0]


def _build(place):
    """湖畔's paper, done, in a batch of the town."""
    town, user, body = place.town["西塘镇"], place.user["镇党建办"], place.body["湖畔党支部"]
    if found := Build.objects.filter(branch=body).first():
        return found
    over = {"state": "done", "finished_at": timezone.now(), "year": place.today.year, "requested_by": user}
    batch = Build.objects.create(town=town, kind="annual", title="年度材料", **over)
    build = Build(town=town, branch=body, batch=batch, kind="annual_branch", title="湖畔材料", task="x", **over)
    build.file, build.file_name, build.sha256, build.size = "builds/test.pdf", "湖畔.pdf", "0" * 64, 5
    build.queued_at = timezone.now()
    build.figures = annual.branch_figures(build)
    build.save()
    path_of(build).parent.mkdir(parents=True, exist_ok=True)
    path_of(build).write_bytes(b"%PDF-")
    return build


def _room(place):
    """A room of 北社区."""
    fields = {"kind": "centre", "address": "东路1号", "community": place.community["北社区"]}
    return Room.objects.get_or_create(name="北社区党群服务中心", defaults=fields)[0]


def _photo(place):
    """A photograph of 湖畔's flag."""
    if found := VenueDetail.objects.filter(item="flag").select_related("venue").first():
        return found
    with transaction.atomic():
        return photos.keep(
            place.branch["湖畔"], place.today.year, "flag", b"\xff\xd8", day=place.today, by=place.user["支部书记"]
        )


def _group(place):
    """A 党小组 of 湖畔."""
    return PartyGroup.objects.get_or_create(branch=place.body["湖畔党支部"], name="第一党小组")[0]


def _pool_entry(place):
    """Somebody of 湖畔 in the pool."""
    facts = {"consented_on": place.today, "consent": "said", "recorded_by": place.user["社区书记"]}
    return PoolEntry.objects.get_or_create(member=place.member["王伟"], defaults=facts)[0]


def _candidate(place):
    """A sheet on somebody for 湖畔's secretary."""
    facts = {"written_on": place.today, "written_by": place.user["社区书记"], "office": "secretary"}
    branch, person = place.body["湖畔党支部"], place.member["王伟"].person
    known = CandidateSheet.objects.filter(branch=branch).first()
    return known or CandidateSheet.objects.create(branch=branch, community=branch.community, person=person, **facts)


def _told_apart(place):
    """Two people of 湖畔 whom somebody told apart."""
    one, other = (place.member[name].person for name in ("田大利", "王伟"))
    told = {"told_by": place.user["社区书记"], "told_at": timezone.now(), "community": place.community["北社区"]}
    return NotSame.objects.get_or_create(one=one, other=other, defaults={"town": one.town, **told})[0]


def _merge_record(place):
    """A merge of 北社区 whose sealed image is empty, so that undoing it is refused in words."""
    kept, community = place.member["田大利"].person, place.community["北社区"]
    merged = {"merged_by": place.user["社区书记"], "merged_at": timezone.now(), "name": kept.name, "town": kept.town}
    return MergeRecord.objects.get_or_create(kept=kept, dropped=0, community=community, defaults=merged)[0]


def _kept_by_hand(place, name):
    """The arguments of the pages of the census and of changes by hand."""
    wang = place.member["王伟"]
    if name.startswith("census_"):
        part = _census_part(place)
        of_the_round = name in ("census_round", "census_close", "census_export")
        return [part.census_id if of_the_round else part.pk] + (["new"] if name == "census_rows" else [])
    if name == "member_transfer":
        facts = {"from_community": wang.community, "to_community": place.community["南社区"], "opened_on": place.today}
        over = facts | {"opened_by": place.user["社区书记"]}
        return [Transfer.objects.get_or_create(member=wang, state="open", defaults=over)[0].pk]
    if name == "member_correction_settle":
        over = {"given_by": place.user["支部书记"], "token": uuid4()}
        return [Correction.objects.get_or_create(member=wang, text="电话是空号", defaults=over)[0].pk]
    return [wang.pk] + (["leave"] if name == "member_step" else [])


def _census_part(place):
    if found := CensusReturn.objects.filter(community=place.community["北社区"]).first():
        return found
    due_on = place.today + timedelta(days=20)
    census.open_round(place.town["西塘镇"], title="党员摸排", due_on=due_on, by=place.user["镇党建办"])
    return CensusReturn.objects.get(community=place.community["北社区"])


def _import(place, state="ready"):
    """A file handed in for 北社区: one line with a fault, in a preview or saved."""
    user = place.user["社区书记"]
    over = {"applied_by": user, "applied_at": timezone.now()} if state == "applied" else {}
    batch, made = ImportBatch.objects.get_or_create(
        community=place.community["北社区"],
        town=place.town["西塘镇"],
        kind="roster",
        state=state,
        defaults={"file_name": "名册.xlsx", "sha256": "0" * 64, "plan_digest": "0" * 64, "faulty": 1, **over},
        uploaded_by=user,
    )
    if made:
        shown = {"changes": [], "faults": [["phone", "手机号应为 11 位。", "B2", "联系电话"]], "notes": []}
        batch.lines.create(row=2, action="faulty", name="王小明", shown=shown)
        files.keep_error_file(batch, b"PK")
    return batch


def _filled_in(place):
    """公园's report, filled in by its 联系干部 and waiting for its secretary."""
    report, now = place.report["公园党支部"], timezone.now()
    if report.offered_at is None:
        report.filled_by, report.filled_at, report.offered_at = place.user["邻支部联系干部"], now, now
        report.problem = report.cause = report.plan = "写好了"
        report.save()
    return report


def _old_version(place):
    """湖畔's meeting as it read before somebody changed it."""
    meeting = place.meeting["电梯协商"]
    written = {"content": summary.content(meeting), "by": meeting.filed_by, "at": meeting.filed_at}
    return MeetingVersion.objects.get_or_create(meeting=meeting, number=1, defaults=written)[0]


def _dispute(place):
    """湖畔's secretary says that a number is wrong."""
    said = {"key": "direct", "label": "直管党员", "shown": "3 名", "claimed": 4, "said_at": timezone.now()}
    said["said_by"] = place.user["支部书记"]
    return NumberDispute.objects.get_or_create(report=place.report["湖畔党支部"], outcome="", defaults=said)[0]


def _slip(place):
    """A slip for 湖畔's secretary, not yet used."""
    now = timezone.now()
    made = {"user": place.user["支部书记"], "branch": place.body["湖畔党支部"], "made_by": place.user["联系干部"]}
    made |= {"made_at": now, "expires_at": now + LoginSlip.VALID}
    return LoginSlip.objects.get_or_create(token_hash=hashlib.sha256(SLIP.encode()).hexdigest(), defaults=made)[0]


def _feedback(place):
    user = place.user["支部书记"]
    return Feedback.objects.get_or_create(user=user, town=user.town, text="字再大些", defaults={"token": uuid4()})[0]


@pytest.mark.any_database  # whom a page knows is asked of the same SQL; tests/test_hostile.py opens every page on both
@pytest.mark.parametrize(("name", "method", "target", "marks"), list(rows()), ids=lambda value: value)
def test_each_reader_gets_the_answer_of_the_table(place, name, method, target, marks):
    assert len(marks) == len(READERS), "这一行的列数不对"
    url = reverse(name, args=arguments(place, name, target)) + query(place, target)
    answers = ""
    for reader in READERS:
        client = Critic()
        if reader != "没有登录":
            client.sign_in(place.user[reader])
        undo = transaction.savepoint()  # 一个读者办成的事不能改变下一个读者的答案
        response = client.get(url) if method == "GET" else client.post(url)
        transaction.savepoint_rollback(undo)
        answers += symbol(response)
    assert answers == marks, f"\n读者 {READERS}\n应为 {marks}\n实为 {answers}"


def symbol(response):
    if response.status_code == 302 and response["Location"].startswith("/login/"):
        return "L"
    found = {status: mark for mark, status in SYMBOLS.items()}
    return found.get(response.status_code, f"<{response.status_code}>")


def test_every_address_has_a_row():
    assert {name for name, *_ in all_views(get_resolver().url_patterns)} == {name for name, *_ in rows()}


@pytest.mark.any_database
@pytest.mark.parametrize("name", sorted({name for name, *_ in rows()}))
def test_each_method_an_address_takes_has_a_row(place, name):
    """A method without a row must be refused (405), so that no door stands beside the table."""
    listed = {method for row_name, method, *_ in rows() if row_name == name}
    target = next(target for row_name, _, target, _ in rows() if row_name == name)
    url = reverse(name, args=arguments(place, name, target)) + query(place, target)
    for method in {"GET", "POST"} - listed:
        answers = set()
        for reader in ("镇党建办", "社区书记", "支部书记", "系统管理员", "安全管理员", "审计管理员"):
            response = getattr(Critic().sign_in(place.user[reader]), method.lower())(url)
            answers.add(response.status_code)
        assert answers <= {405, 403, 404}, f"{name} {method} 没有写在表里：{answers}"


def test_a_third_of_the_table_says_no():
    """A table that only lists what opens proves nothing."""
    marks = "".join(marks for *_, marks in rows())
    assert sum(mark in "F4L" for mark in marks) * 3 >= len(marks)

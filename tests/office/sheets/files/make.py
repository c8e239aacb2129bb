"""Writes the files in made/.  `python -m tests.office.sheets.files.make` for those of Excel's and WPS's shape,
`… make libre` for those that LibreOffice makes (see libre.py).  One function makes one file; the file has its name.
"""

import sys
from pathlib import Path

from tests.office.sheets.files import excel, libre, wps

MADE = Path(__file__).with_name("made")
SHAPED = (
    *(
        (excel, name)
        for name in (
            "plain date_system_1904 inline_strings rich_text phonetic strict absolute_names extensions list_object "
            "hidden_and_filtered title_lines head_with_notes two_row_head moved_columns total_and_signatures "
            "pages_with_their_own_heads date_spellings date_formats padded_cells full_width_digits dots_in_names "
            "phones_as_numbers several_sheets number_typed_ids lost_digits_as_text wrong_check_digit "
            "same_person_twice merged_cells formulas errors_and_booleans rooms_turned_into_dates no_roster "
            "missing_column column_twice head_only macros binary_workbook"
        ).split()
    ),
    *(
        (wps, name)
        for name in (
            "plain date_spellings number_typed_ids two_row_head lying_dimension styled_empty_rows pictures_in_cells "
            "picture_where_a_name_should_be extension_elements backslashes footing"
        ).split()
    ),
)
LIBRE = dict.fromkeys(
    "plain dates hidden_and_filtered two_row_head merged_cells formulas through_xls through_ods "
    "csv_opened_by_double_click csv_in_the_wrong_code csv_with_text_columns locked filled_template saved_export "
    "saved_error_file".split(),
    ".xlsx",
) | {"old_xls": ".xls", "open_document": ".ods", "macros": ".xlsm"}
CSV = {"gbk": "gbk", "utf8": "utf-8-sig"}


def file_name(module, name, suffix=".xlsx"):
    return f"{module.__name__.rpartition('.')[2]}-{name}{suffix}"


def shaped():
    """{file name: bytes} of what needs no office program."""
    files = {file_name(module, name): getattr(module, name)() for module, name in SHAPED}
    return files | {f"excel-{name}.csv": libre.csv(encoding) for name, encoding in CSV.items()}


def made_by_libreoffice():
    return {file_name(libre, name, suffix): getattr(libre, name)() for name, suffix in LIBRE.items()}


def main():
    MADE.mkdir(exist_ok=True)
    for name, data in (made_by_libreoffice() if "libre" in sys.argv[1:] else shaped()).items():
        (MADE / name).write_bytes(data)


if __name__ == "__main__":
    main()

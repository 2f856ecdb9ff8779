"""Workbooks in and out: guarding, reading, writing; openpyxl, calamine and XlsxWriter live here."""

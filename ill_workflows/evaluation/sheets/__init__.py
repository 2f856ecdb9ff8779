"""One function a sheet of the workbook, and what they share."""

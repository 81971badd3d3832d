/**
 * What tools say of drives on Windows. The Storage module knows most, so it is read first.
 *
 * @module
 */
import type { Reader } from "../reader.ts";
import { windowsCim, windowsStorage } from "./documents.ts";
import { convertToJson } from "./json_rows.ts";
import { formatList, managedObjects, wmicList } from "./property_list.ts";
import { formatTable, wmicTable } from "./columns.ts";
import { volumeApi } from "./volume_api.ts";
import { exportCsv, wmicCsv } from "./wmic_csv.ts";
import { wmiQuery } from "./wmi_query.ts";

export const windowsReaders: readonly Reader[] = [
  windowsStorage,
  windowsCim,
  convertToJson,
  formatList,
  wmicCsv,
  exportCsv,
  wmicList,
  managedObjects,
  wmiQuery,
  formatTable,
  wmicTable,
  volumeApi,
];

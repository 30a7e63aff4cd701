export {
  type ColumnSchema,
  columnSchema,
  columnTypes,
  defaultQuarantineShare,
  type RowCheck,
  rowCheck,
  type TableSchema,
  tableSchema,
} from './schema.ts'

import { MYSQL_SSL_REQUEST_BYTES, type MysqlPacket, mysqlFlags } from '../../backend/starttls/mysql-packets.ts'

/** What is wrong with the answer of a caller to the greeting it was told; undefined for one that may go on. */
export function faultOfAnswer({ number, payload }: MysqlPacket): string | undefined {
  if (number !== 1 || payload.length < MYSQL_SSL_REQUEST_BYTES) return notMysql
  const capabilities = payload.readUInt32LE(0)
  if ((capabilities & mysqlFlags.protocol41) === 0) return notMysql
  // It was not offered: this is a client that insists, and whose TLS would end here.
  if ((capabilities & mysqlFlags.ssl) !== 0) return 'the client asks for TLS: switch ssl off in it, TLS begins here'
  return payload.length === MYSQL_SSL_REQUEST_BYTES ? notMysql : undefined
}

const notMysql = 'the client does not answer the greeting in the words of MySQL 4.1 or later'

/** The one translator from error codes to what a caller reads that asked for a WebSocket and gets none. */
import { faultOf, type SidecarError } from '../../errors.ts'

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  426: 'Upgrade Required',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
}

/** Writes the whole answer, as latin1 text; the code is all that is told, the log says the rest. */
export function upgradeReply(error: SidecarError): string {
  const status = statusOf(error)
  const body = `${error.code}\n`
  const fields = [
    `HTTP/1.1 ${status} ${reasons[status]}`,
    'Content-Type: text/plain',
    `Content-Length: ${body.length}`,
    ...(status === 426 ? ['Upgrade: websocket', 'Connection: upgrade, close'] : ['Connection: close']),
  ]
  return `${fields.join('\r\n')}\r\n\r\n${body}`
}

function statusOf({ code, details }: SidecarError): number {
  if (code === 'CALLER_BAD_UPGRADE') return (details.status as number | undefined) ?? 400
  if (code === 'INTERNAL_AT_LIMIT' || code === 'INTERNAL_DRAINING') return 503
  const fault = faultOf(code)
  return fault === 'policy' ? 403 : fault === 'backend' ? 502 : fault === 'caller' ? 400 : 500
}

/** The OpenAPI 3.1 description, made from the table of routes and the schemas that the routes check with. */
import * as z from 'zod'
import { apiBase, routeNamed, routeNames } from './route-table.ts'
import type { Route } from './routes/route.ts'
import { streamEvents } from './schemas/instance.ts'
import { problem } from './schemas/parts.ts'

type Json = Readonly<Record<string, unknown>>

/** Makes the description. */
export function openApi(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const name of routeNames) {
    const route = routeNamed(name)
    const path = `${apiBase}${route.path}`
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Vedette admin API', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas: { Problem: schemaOf(problem, 'output'), StreamEvents: schemaOf(z.object(streamEvents), 'output') },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'vedette-session' },
        key: { type: 'http', scheme: 'bearer' },
      },
    },
  }
}

function operationOf(name: string, route: Route): Json {
  const { area, least, says, body, status } = route
  return {
    operationId: name,
    tags: [area],
    summary: says,
    parameters: [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)],
    ...(body === undefined ? {} : { requestBody: { required: true, content: bodyContent(body) } }),
    responses: {
      [status]: { description: says, ...answerContent(route) },
      default: { description: 'What went wrong.', content: { 'application/problem+json': { schema: problemRef } } },
    },
    security: least === 'anyone' ? [] : [{ session: [] }, ...(area === 'access' ? [] : [{ key: [] }])],
    'x-least-role': least,
  }
}

const problemRef = { $ref: '#/components/schemas/Problem' }

function pathParameters({ path }: Route): readonly Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => {
    return { name, in: 'path', required: true, schema: { type: 'string' } }
  })
}

function queryParameters({ query }: Route): readonly Json[] {
  if (query === undefined) return []
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  return Object.entries(properties).map(([name, schema]) => {
    return { name, in: 'query', required: required.includes(name), schema }
  })
}

function headerParameters({ precondition }: Route): readonly Json[] {
  const description = 'The ETag of the policy that the change starts from.'
  return precondition
    ? [{ name: 'If-Match', in: 'header', required: true, schema: { type: 'string' }, description }]
    : []
}

function bodyContent(body: NonNullable<Route['body']>): Json {
  return body === 'bytes'
    ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
    : { 'application/json': { schema: schemaOf(body, 'input') } }
}

function answerContent({ answer }: Route): Json {
  if (answer === 'nothing') return {}
  if (answer === 'text') return { content: { 'text/plain': { schema: { type: 'string' } } } }
  if (answer === 'stream') return { content: { 'text/event-stream': { schema: { type: 'string' } } } }
  return { content: { 'application/json': { schema: answer === 'json' ? {} : schemaOf(answer, 'output') } } }
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...made } = z.toJSONSchema(schema, { io, target: 'draft-2020-12', reused: 'inline' })
  return made
}

/**
 * /api/configurations: every setting, its value, and where that comes from.
 *
 * @module
 */
import { formatSetting, type SettingView } from "../../config/mod.ts";
import { FieldsQuery, only } from "../fields.ts";
import {
  createRoute,
  failures,
  fromCursor,
  json,
  listRoute,
  router,
  toPage,
  z,
} from "../router.ts";
import { Setting } from "../schemas.ts";

export interface ConfigurationsPort {
  list(): SettingView[];
  find(key: string): SettingView;
  set(key: string, value: unknown): SettingView;
}

const NewValue = z.object({ value: z.unknown() })
  .openapi("NewValue", { example: { value: 120 } });

const tags = ["configuration"];

const KeyParam = z.object({
  key: z.string().max(200).openapi({ param: { name: "key", in: "path" } }),
});

export function configurations(port: ConfigurationsPort) {
  return router()
    .openapi(
      listRoute(Setting, tags, "All settings"),
      (c) => {
        const { limit, cursor, fields } = c.req.valid("query");
        const after = fromCursor(cursor);
        const all = port.list().sort((a, b) => a.key < b.key ? -1 : 1)
          .filter(({ key }) => key > after);
        const place = ({ key }: { key: string }) => key;
        return c.json(toPage(all, limit, { body: settingBody, place, fields }), 200);
      },
    )
    .openapi(
      createRoute({
        method: "get",
        path: "/{key}",
        tags,
        summary: "One setting",
        request: { params: KeyParam, query: FieldsQuery },
        responses: { 200: json(Setting, "The setting"), ...failures },
      }),
      (c) => {
        const setting = settingBody(port.find(c.req.valid("param").key));
        return c.json(only(c.req.valid("query").fields)(setting), 200);
      },
    )
    .openapi(
      createRoute({
        method: "patch",
        path: "/{key}/value",
        tags,
        summary: "Change a setting; null returns to its default",
        request: {
          params: KeyParam,
          body: {
            required: true,
            content: { "application/json": { schema: NewValue } },
          },
        },
        responses: { 200: json(Setting, "The setting as it is now"), ...failures },
      }),
      (c) => {
        const { value } = c.req.valid("json");
        return c.json(settingBody(port.set(c.req.valid("param").key, value ?? null)), 200);
      },
    );
}

/** A setting in REST's words. */
export function settingBody(it: SettingView): z.infer<typeof Setting> {
  return {
    key: it.key,
    value: formatSetting(it.value),
    typed_value: it.value,
    default_value: formatSetting(it.default),
    typed_default_value: it.default,
    value_type: it.type,
    description: it.help,
    env_variable: it.envName,
    is_env_overridable: true,
    source: it.source,
    editable: it.editable,
  };
}

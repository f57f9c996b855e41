/** VS Code's proxy, for the processes that the extension starts. */

/** VS Code's own settings about proxies; from settings.json, so anything may stand there. */
export interface ProxySettings {
  readonly proxy?: unknown;
  readonly proxySupport?: unknown;
  readonly noProxy?: unknown;
}

/** The variables that tell pip, uv and the server of the proxy; none where the user has set one. */
export function proxyVariables(
  { proxy, proxySupport, noProxy }: ProxySettings,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const there = Object.keys(env).map((name) => name.toUpperCase());
  const own = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].some((name) => there.includes(name));
  if (own || proxySupport === "off" || typeof proxy !== "string" || !proxy) {
    return {};
  }
  const except = Array.isArray(noProxy) ? noProxy.filter((host) => typeof host === "string") : [];
  const variables = { HTTPS_PROXY: proxy, HTTP_PROXY: proxy };
  return except.length > 0 && !there.includes("NO_PROXY")
    ? { ...variables, NO_PROXY: except.join(",") }
    : variables;
}

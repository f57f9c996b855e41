/** Passes VS Code's proxy to the processes that the extension starts. */

/** VS Code's proxy settings; they come from settings.json, so their types are not checked. */
export interface ProxySettings {
  readonly proxy?: unknown;
  readonly proxySupport?: unknown;
  readonly noProxy?: unknown;
}

/** Returns the proxy variables for pip, uv and the server; empty if the user has set one. */
export function proxyVariables(
  { proxy, proxySupport, noProxy }: ProxySettings,
  env: NodeJS.ProcessEnv,
): Record<string, string> {
  const names = Object.keys(env).map((name) => name.toUpperCase());
  const isSet = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].some((name) => names.includes(name));
  if (isSet || proxySupport === "off" || typeof proxy !== "string" || !proxy) {
    return {};
  }
  const hosts = Array.isArray(noProxy) ? noProxy.filter((host) => typeof host === "string") : [];
  const variables = { HTTPS_PROXY: proxy, HTTP_PROXY: proxy };
  return hosts.length > 0 && !names.includes("NO_PROXY")
    ? { ...variables, NO_PROXY: hosts.join(",") }
    : variables;
}

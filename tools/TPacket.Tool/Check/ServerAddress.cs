namespace TPacket.Tool.Check;

/// <summary>Parses addresses of servers.</summary>
internal static class ServerAddress
{
    /// <summary>Returns the address as ws: or wss:; null if it is not valid.</summary>
    public static Uri? Of(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return null;
        return uri.Scheme switch
        {
            "ws" or "wss" => uri,
            "http" => With(uri, "ws"),
            "https" => With(uri, "wss"),
            _ => null,
        };
    }

    /// <summary>Returns the address with another scheme. A default port changes with the scheme.</summary>
    public static Uri With(Uri uri, string scheme) => new UriBuilder(uri) { Scheme = scheme, Port = uri.IsDefaultPort ? -1 : uri.Port }.Uri;
}

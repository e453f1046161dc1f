namespace TPacket.Client.Connection;

/// <summary>Converts the addresses that an application may pass.</summary>
internal static class ServerAddress
{
    /// <summary>Returns the address with the scheme ws or wss; null if the address is relative or has none of the schemes ws, wss, http and https.</summary>
    public static Uri? Of(Uri address) => !address.IsAbsoluteUri ? null : address.Scheme switch
    {
        "ws" or "wss" => address,
        "http" => With(address, "ws"),
        "https" => With(address, "wss"),
        _ => null,
    };

    private static Uri With(Uri address, string scheme) =>
        new UriBuilder(address) { Scheme = scheme, Port = address.IsDefaultPort ? -1 : address.Port }.Uri;
}

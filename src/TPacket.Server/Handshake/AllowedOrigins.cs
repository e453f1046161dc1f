namespace TPacket.Server.Handshake;

/// <summary>The origins that <see cref="TPacketServerOptions.AllowedOrigins"/> allows. Immutable.</summary>
/// <param name="Every">Whether every origin is allowed.</param>
/// <param name="Origins">The allowed origins, apart from <paramref name="Every"/>.</param>
internal sealed record AllowedOrigins(bool Every, WebOrigin[] Origins)
{
    public static AllowedOrigins Of(TPacketServerOptions options) => new(
        options.AllowedOrigins.Contains(OriginPolicy.Every),
        [.. options.AllowedOrigins.Select(static text => WebOrigin.TryParseSetting(text, out var origin) ? origin : default).Where(static origin => origin != default)]);
}

namespace TPacket.Server.Options;

/// <summary>A section below that of the server which something else reads.</summary>
internal sealed record SettingsSectionName(string Name);

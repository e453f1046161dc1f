namespace TPacket.Server.Options;

/// <summary>A section below <c>TPacket</c> that another component reads.</summary>
internal sealed record SettingsSectionName(string Name);

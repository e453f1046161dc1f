namespace TPacket.Server.Rules.Views;

/// <summary>The key of a view. Members with the same key receive the same bytes.</summary>
/// <param name="Viewer">The number of the view, from the rules.</param>
/// <param name="IsChange">Whether members may receive a change instead of the view, because their number is the same before the last event.</param>
internal readonly record struct ViewKey(int Viewer, bool IsChange);

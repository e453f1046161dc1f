namespace TPacket.TerminalChat;

/// <summary>A row of a line of the history.</summary>
/// <param name="Line">The line.</param>
/// <param name="Start">Where in the line's text the row begins.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct HistoryRow(ChatLine Line, int Start, int End);

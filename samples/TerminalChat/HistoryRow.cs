namespace TPacket.TerminalChat;

/// <summary>A row of a line of the history.</summary>
/// <param name="Line">The line.</param>
/// <param name="Start">The index of the row's first character in the line's text.</param>
/// <param name="End">The index after its last character.</param>
internal readonly record struct HistoryRow(ChatLine Line, int Start, int End);

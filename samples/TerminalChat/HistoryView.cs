using Spectre.Console;
using Spectre.Console.Rendering;

namespace TPacket.TerminalChat;

/// <summary>The newest lines that fit, the last one at the bottom.</summary>
internal sealed class HistoryView(ChatScreen screen) : Renderable
{
    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        var height = options.Height ?? 1;
        var (lines, below) = screen.Newest(height);
        var rows = new List<SegmentLine>();
        foreach (var line in lines)
            rows.AddRange(Segment.SplitLines(((IRenderable)Describe(line)).Render(options with { Height = null }, maxWidth), maxWidth));
        if (below > 0)
            rows.Add([new Segment($"-- {below} more below, PageDown --", new Style(decoration: Decoration.Dim))]);
        for (var blank = rows.Count; blank < height; blank++)
            yield return Segment.LineBreak;
        foreach (var row in rows.TakeLast(height))
        {
            foreach (var segment in row)
                yield return segment;
            yield return Segment.LineBreak;
        }
    }

    // Never markup: the text is another's.
    private static Paragraph Describe(ChatLine line) => line.Kind switch
    {
        ChatLineKind.Said => Speaking(line, new Style(Color.Aqua, decoration: Decoration.Bold)),
        ChatLineKind.SaidHere => Speaking(line, new Style(Color.Green, decoration: Decoration.Bold)),
        ChatLineKind.Logged => new Paragraph(line.Text, new Style(decoration: Decoration.Dim)),
        ChatLineKind.Notice => new Paragraph($"* {line.Text}", new Style(Color.Grey)),
        _ => new Paragraph($"! {line.Text}", new Style(Color.Red)),
    };

    private static Paragraph Speaking(ChatLine line, Style nick) => new Paragraph().Append($"{line.Speaker}: ", nick).Append(line.Text);
}

using TPacket.Server;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>
/// Compares the texts of clients with the logs: no text is appended twice, every receipt has its event, the texts of a client are in the order in which it sent them, and a text with a receipt precedes each text that was sent
/// after that receipt.
/// </summary>
internal sealed class SpeechChecker(ChaosRecord record, List<string> findings)
{
    private readonly Dictionary<string, (RoomLog Log, LogEntry Entry)> _said = [];
    private readonly Dictionary<string, (ClientRecord Client, Speech Speech)> _speeches = [];

    public void Check()
    {
        foreach (var client in record.Clients)
        {
            foreach (var speech in client.Speeches)
                _speeches.Add(speech.Text, (client, speech));
        }

        foreach (var log in record.Logs.Values)
        {
            foreach (var entry in log.Entries.Where(static entry => entry.Kind == RoomEventKind.Message))
                CheckMessage(log, entry);
            CheckOrder(log);
        }

        foreach (var (client, speech) in _speeches.Values)
            CheckOutcome(client, speech);
    }

    private void CheckMessage(RoomLog log, LogEntry entry)
    {
        if (!_said.TryAdd(entry.Text, (log, entry)))
            findings.Add($"{log.Name}: {entry} is in the log of {_said[entry.Text].Log.Name} already, as {_said[entry.Text].Entry}.");
        if (!_speeches.TryGetValue(entry.Text, out var by) || !by.Client.Ids.Contains(entry.UserId))
            findings.Add($"{log.Name}: no client with this id has sent {entry}.");
    }

    private void CheckOutcome(ClientRecord client, Speech speech)
    {
        var isSaid = _said.TryGetValue(speech.Text, out var said);
        switch (speech.Outcome)
        {
            case SpeechOutcome.Receipted when !isSaid:
                findings.Add($"{client.Name}: a receipt without an event: {speech}.");
                break;
            case SpeechOutcome.Receipted when (said.Entry.Offset, said.Entry.Time) != (speech.Offset, speech.Time):
                findings.Add($"{client.Name}: the receipt differs from the event: {speech}, {said.Entry}.");
                break;
            case SpeechOutcome.NotAppended when isSaid:
                findings.Add($"{client.Name}: a refused text is in the log: {said.Entry}.");
                break;
            case SpeechOutcome.Pending:
                findings.Add($"{client.Name}: a text without an answer: {speech}.");
                break;
        }
    }

    private void CheckOrder(RoomLog log)
    {
        var numbers = new Dictionary<ClientRecord, int>();
        Speech? latest = null;
        foreach (var entry in log.Entries.Where(entry => entry.Kind == RoomEventKind.Message && _speeches.ContainsKey(entry.Text)))
        {
            var (client, speech) = _speeches[entry.Text];
            if (numbers.TryGetValue(client, out var last) && speech.Number <= last)
                findings.Add($"{log.Name}: {client.Name} has sent {last} before {speech.Number}: {entry}.");
            numbers[client] = speech.Number;
            if (latest is not null && speech.Answered < latest.Sent)
                findings.Add($"{log.Name}: {speech} had its receipt before {latest} was sent, and follows it in the log.");
            if (latest is null || speech.Sent > latest.Sent)
                latest = speech;
        }
    }
}

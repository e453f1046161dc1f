using System.Globalization;

namespace TPacket.Compare;

/// <summary>Compares the cost of a decision of rules with the cost of a message, in rooms of the same size on one server.</summary>
internal static class RulesLoad
{
    private const int Repetitions = 5;
    private static readonly TimeSpan _duration = TimeSpan.FromSeconds(1.5);

    public static async Task<bool> RunAsync()
    {
        using var server = Programs.RulesHost();
        var wrong = 0L;
        foreach (var (rooms, members, everyNth) in new[] { (100, 1, 1), (100, 10, 10), (1, 100, 100) })
        {
            var messages = Scenario.Rooms(rooms, members, everyNth);
            var decisions = Scenario.Decisions(rooms, members, everyNth);
            await messages.RunAsync(server, _duration);
            await decisions.RunAsync(server, _duration);
            List<Measurement> ofMessages = [];
            List<Measurement> ofDecisions = [];
            List<double> ratios = [];
            for (var i = 0; i < Repetitions; i++)
            {
                ofMessages.Add(await messages.RunAsync(server, _duration));
                ofDecisions.Add(await decisions.RunAsync(server, _duration));
                ratios.Add(ofDecisions[^1].Cost / ofMessages[^1].Cost);
            }

            var (message, decision) = (Measurement.Median(ofMessages), Measurement.Median(ofDecisions));
            wrong += message.Wrong + decision.Wrong;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{messages.Name}: a message costs {message.Cost * members:N2} us, a decision {decision.Cost * members:N2} us: {decision.Cost / message.Cost:N2} (in pairs {ratios.Min():N2} to {ratios.Max():N2})"));
        }

        return wrong == 0;
    }
}

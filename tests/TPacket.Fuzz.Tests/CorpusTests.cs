namespace TPacket.Fuzz.Tests;

/// <summary>Each input of the corpus has a documented outcome.</summary>
public class CorpusTests
{
    public static TheoryData<string> Targets => [.. FuzzTargets.All.Keys];

    [Theory]
    [MemberData(nameof(Targets))]
    public void The_corpus_of_a_target_holds_no_finding(string name)
    {
        var target = FuzzTargets.All[name]();
        Assert.Equal(name, target.Name);
        var inputs = Corpus.Read(Path.Combine(AppContext.BaseDirectory, "corpus", name)).ToList();
        Assert.NotEmpty(inputs);
        foreach (var input in inputs.Concat(target.Seeds))
        {
            var error = Record.Exception(() => target.Run(input));
            Assert.True(error is null, $"{Convert.ToHexString(input)}: {error}");
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_target_handles_empty_input(string name) => FuzzTargets.All[name]().Run([]);
}

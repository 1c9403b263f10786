using Cake.Cli;
using Cake.Core;
using Cake.Core.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Pipeline.Cake;

/// <summary>Cake's banners and its table at the end, only from <c>--verbosity=verbose</c> on: our tasks print their own lines.</summary>
internal sealed class QuietReportPrinter(IServiceProvider services, QuietLog log) : ICakeReportPrinter
{
    /// <summary>Asked for only when it speaks: it brings a whole console library along.</summary>
    private CakeSpectreReportPrinter? Printer => log.IsQuiet ? null : services.GetRequiredService<CakeSpectreReportPrinter>();

    public void Write(CakeReport report) => Printer?.Write(report);

    public void WriteLifeCycleStep(string name, Verbosity verbosity) => Printer?.WriteLifeCycleStep(name, verbosity);

    public void WriteStep(string name, Verbosity verbosity) => Printer?.WriteStep(name, verbosity);

    public void WriteSkippedStep(string name, Verbosity verbosity) => Printer?.WriteSkippedStep(name, verbosity);
}

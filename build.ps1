#!/usr/bin/env pwsh
# Hands its arguments to the compiled pipeline; see build.sh, which does the same.
$ErrorActionPreference = 'Stop'
Set-Location $PSScriptRoot

$roots = 'build', 'src', 'Directory.Build.props', 'Directory.Packages.props', 'global.json'
$files = Get-ChildItem $roots -Recurse -File | Where-Object { $_.FullName -notmatch '[\\/](bin|obj)[\\/]' } | Sort-Object FullName
$list = $files | ForEach-Object { "$((Get-FileHash $_.FullName -Algorithm SHA256).Hash) $($_.FullName.Substring($PSScriptRoot.Length))" }
$hash = [Security.Cryptography.SHA256]::HashData([Text.Encoding]::UTF8.GetBytes($list -join "`n"))
$pipelineHost = Join-Path $PSScriptRoot ".pipeline/host/$([Convert]::ToHexString($hash).Substring(0, 16))"

if (-not (Test-Path "$pipelineHost/Build.dll")) {
    if (-not (Get-Command dotnet -ErrorAction SilentlyContinue) -or -not (dotnet --version 2>$null)) {
        [Console]::Error.WriteLine("The pipeline needs the .NET 10 SDK.`n  next  install it from https://dot.net, then run the same command")
        exit 1
    }

    [Console]::Error.WriteLine('building the pipeline (first run, or build/ and src/ changed) ...')
    New-Item -ItemType Directory -Force .pipeline/host | Out-Null
    $new = Join-Path $PSScriptRoot ".pipeline/host/new-$PID"
    # A compiler is done before its profile pays.
    $profiles = $env:DOTNET_TieredPGO
    if (-not $profiles) { $env:DOTNET_TieredPGO = '0' }
    dotnet msbuild src/Host.proj -restore -nologo -v:m "-p:Folder=$new" > .pipeline/build.log
    $env:DOTNET_TieredPGO = $profiles
    if ($LASTEXITCODE -ne 0) {
        Get-Content .pipeline/build.log | Select-String 'error' | Select-Object -First 20 | ForEach-Object { [Console]::Error.WriteLine($_) }
        exit 1
    }

    Move-Item $new $pipelineHost
}

dotnet "$pipelineHost/Build.dll" @args
exit $LASTEXITCODE
